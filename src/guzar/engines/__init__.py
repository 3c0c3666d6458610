"""engines: where the steps on records run; they bring each person's rows together and hand over whole persons.

In: files of crossings. Out: batches of whole persons, in the order of persons and time.
May not: know what a step decides.
"""
