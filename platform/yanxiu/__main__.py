"""The command `yanxiu`, also as `python -m yanxiu`."""

import atexit
import gc

gc.disable()  # importing makes nothing that is garbage: looking for it was a sixth of every start

from yanxiu.cli import main  # noqa: E402

gc.freeze()  # what was imported stays: no collection need look through it again
gc.enable()
atexit.register(gc.freeze)  # nor the interpreter when it ends, which took half as long as the start

if __name__ == "__main__":
    main()
