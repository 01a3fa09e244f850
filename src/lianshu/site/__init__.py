"""The web pages of Lianshu: Django appears only in this package and in ``lianshu.api``."""
