"""`python -m yanxiu`."""

from yanxiu.cli import main

if __name__ == "__main__":
    main()
