"""``python -m benchmarks`` measures every budget and prints the table."""

from benchmarks.run import main

main()
