"""A catalogue as a globe in a notebook, by the engine of the console: `globe(catalogue)`."""

from commonsky.show.notebook.extension import load_ipython_extension
from commonsky.show.notebook.widget import globe

__all__ = ["globe", "load_ipython_extension"]
