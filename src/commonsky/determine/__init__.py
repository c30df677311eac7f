"""Where is it, and how surely? Several estimates of one state made into one."""
