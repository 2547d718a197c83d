"""One page: a notebook run for one unit, turned into HTML, checked at the gate and put in its place.

::

    parameters  what a page is asked for, checked before anything runs
    shell       the quiet IPython shell that runs a notebook's cells in this process
    engine      the papermill engine around it, and the ordinary kernel as the reference
    outputs     what the door displayed, read back from an executed notebook
    exporter    an executed notebook to one self-contained HTML page (nbconvert, own template)
    reading     what stands in a page: an account of its HTML
    gate        nothing leaves unchecked
    page        run, export, check, and only then publish
    site        the ladder of levels over all pages of a run
    manifest    what a run was made from
    lab         in JupyterLab, what the door shows looks as on the page

Nothing is imported here: a command that makes no page does not pay for papermill and nbconvert.
"""
