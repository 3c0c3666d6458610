"""The forms of charts. Each takes frozen data and gives a ``Drawing``: one SVG per width, none a scaled copy."""
