"""Placeholder."""


def mend_mistakes(case, answer):
    return
