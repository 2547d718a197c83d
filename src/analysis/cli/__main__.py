"""`python -m analysis.cli` is the same as `arshjul`."""

from analysis.cli import main

if __name__ == "__main__":
    main()
