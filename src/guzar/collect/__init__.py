"""collect: take a copy, unchanged, with a receipt.

In: a file or a service. Out: the same rows, typed (PublishedFigures and other as-printed tables), a receipt
(publisher or holder, licence or legal basis, date, checksum, edition) and a quarantine of refused rows with reasons.
May not: drop, merge, correct or recode a row silently.
"""
