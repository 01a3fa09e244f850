"""What pages are built of: values made in Python, drawn by the tags of ``templatetags/lianshu.py``."""
