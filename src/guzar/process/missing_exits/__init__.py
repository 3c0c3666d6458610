"""Missing exits: who is here, who left and who stays beyond permission where exits were not recorded.

crossings → log (crossing_log) → cycles, made ready (material) → share of exits and entries recorded, by port (coverage,
recorded) → how long stays and absences last, by hidden class (sojourns, chains, histories, fit) → tests of the model
(diagnostics) → possible pasts (hidden_paths) → the residence rule on each (year_counts, draws) → one row per measure and year
with its status (statuses). Only that last table is ever written.

Formulas, assumptions and what is refused: docs/methods/missing-exits.md.
"""
