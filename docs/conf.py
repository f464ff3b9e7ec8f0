"""How the pages of this folder become a site: ``sphinx-build -W -n docs docs/_build``.

The convention owned here: the built site needs no network. Formulas are text, fonts the reader's.
"""

project = "followup_analysis"
author = "the followup_analysis developers"
extensions = ["myst_parser", "numpydoc", "sphinx.ext.autodoc"]
exclude_patterns = ["_build"]
myst_heading_anchors = 3

autodoc_typehints = "none"  # the parameters of a docstring say it in words
numpydoc_show_class_members = False

html_theme = "furo"
html_title = "followup_analysis"
html_copy_source = False
html_show_sphinx = False
