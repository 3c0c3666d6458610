"""Two reports of one flow, by the country of origin and by that of destination → one reconciled flow, both reports beside it.

Reports differ in what they count as a migration (minimum stay), in how much of it they see (undercount) and in how well. Mirror
methods estimate one factor per reporter; the latent field takes reports, stock-based transitions and net migration together.
No method can tell the level without a reporter that is taken as right: the anchor is named by who asks, never guessed.
"""
