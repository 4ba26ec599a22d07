"""May this official be appointed to this post on this date, and why?"""
