"""The pages of a run made by the workers of a Dask cluster, on this machine or on others.

::

    supervisor    in the run: gives pages to the workers, checks what comes back, and puts it in the stage
    parcel        what is sent to each worker once: measured figures, notebooks and what is asked for
    worker        in a Dask worker: starts the press beside it and hands pages on
    press         a process with one thread beside each Dask worker: forks one process per page

A Dask worker has threads, so nothing is forked from it. What dies is a page's process, never the worker's.
"""

from __future__ import annotations
