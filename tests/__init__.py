"""The tests of minichat; ``python3 -m unittest`` from the checkout runs them all."""

import minichat  # noqa: F401 (a Python that is too old gets a sentence)
