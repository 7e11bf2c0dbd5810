"""Names as people write them: makers, models and types of equipment, and when two spellings are one.

The rule of the house: a wrong merge is worse than a question.
Only what is safe is called sure; the rest goes to a merge queue.
"""
