"""One's own units, pupils, answers, targets and plans, checked and measured.

::

    rules      what a cell may hold, asked of a whole column at once
    units      classes, teams, schools and areas placed among the publishers' units
    pupils     who goes where each year, with results and answers
    measured   rows of every unit at every level, from the pupils themselves
    layer      what the store keeps of pupils
    plans      targets, commitments, accounts and interventions
"""
