"""guzar: evidence on international migration in North and Central Asia.

Two journeys run through one house. Records about persons go collect → process → analyse → protect → share →
use; figures that somebody has already published go collect → process → analyse → share → use. Every folder is
one room; `define` says what the words mean.
"""

__version__ = "0.1.0"
