"""The hillshade: a small grey picture of the relief under the map."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from base import Raster
from cells import burn
from PIL import Image
from scipy.ndimage import binary_dilation, gaussian_filter

SUN_AZIMUTH, SUN_HEIGHT, EXAGGERATION = 315.0, 45.0, 14.0
STEP = 2
"""Every second cell of the raster: 4 km a pixel."""
MARGIN_CELLS = 4
"""Cells beyond the map's land that still count as land: the rest would stand as hills in the sea or on the paper."""


def hillshade(elevation: np.ndarray, cell: float) -> np.ndarray:
    """Return the light, 0..255, that falls on each cell from the north-west."""
    gy, gx = np.gradient(gaussian_filter(np.maximum(elevation, 0), 1.2) * EXAGGERATION, cell)
    slope, aspect = np.arctan(np.hypot(gx, gy)), np.arctan2(gy, -gx)
    azimuth, height = np.radians(360.0 - SUN_AZIMUTH + 90.0), np.radians(SUN_HEIGHT)
    light = np.sin(height) * np.cos(slope) + np.cos(height) * np.sin(slope) * np.cos(azimuth - aspect)
    return (255 * np.clip(light, 0, 1)).round().astype(np.uint8)


def write_hillshade(folder: Path, elevation: np.ndarray, land: np.ndarray, raster: Raster) -> None:
    """Write hillshade.png and hillshade.toml (bounds in metres of EPSG:3035) of the geometries of the map's land."""
    ours = binary_dilation(burn(land, np.ones(len(land), int), raster) > 0, iterations=MARGIN_CELLS)
    shade = hillshade(np.where(ours, elevation, 0), raster.cell)[::STEP, ::STEP] // 4 * 4
    Image.fromarray(shade).save(folder / "hillshade.png", optimize=True)
    east = raster.west + shade.shape[1] * STEP * raster.cell
    south = raster.north - shade.shape[0] * STEP * raster.cell
    text = (
        'file = "hillshade.png"\ncrs = "EPSG:3035"\n# west, south, east, north in metres\n'
        f"bounds = [{raster.west:.0f}, {south:.0f}, {east:.0f}, {raster.north:.0f}]\n"
    )
    (folder / "hillshade.toml").write_text(text, encoding="utf-8")
