"""Tables, declared once each: columns, key, and the rules between columns."""
