"""The command line, a file a command.

Words after a command are overrides in Hydra's grammar (``site=malmo programme.sanction_certainty=0.7``). Each file has
``add``, which makes the command's parser. Everything heavy is imported inside the command that needs it, so that
``--help`` answers at once.
"""

from .main import main as main
