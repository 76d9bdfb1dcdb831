"""Sample data: workshops in which teachers really talk. The talk is in the text files beside this one."""

from yanxiu.workshops.demo.seeding import seed

__all__ = ["seed"]
