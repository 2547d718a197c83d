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
    site        the pages over all pages of a run: index, methods, words, what is not shown
    writing     files that are in their place whole or not at all
    manifest    what a run was made from
    finished    a finished run as it lies in its folder
    server      its pages, served to this machine only
    pack        some of its pages in one file for one recipient
    paper       a page as it is laid out on paper
    printing    … as PDF, by Chromium or WeasyPrint
    document    … as a document to write on in, with its drawings as pictures
    look, logo  a workspace's own colours and logo
    lab         the look of a page's parts in JupyterLab

Nothing is imported here: a command that makes no page does not pay for papermill and nbconvert.
"""
