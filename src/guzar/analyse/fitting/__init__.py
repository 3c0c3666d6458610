"""A table and totals that it must have → the table nearest to it that has them; or a refusal that says why none has."""
