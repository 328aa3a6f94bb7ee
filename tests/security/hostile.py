"""Scenario files nobody should have to trust, made here so that none lies in the tree."""

from __future__ import annotations

MARK = "gvi-canary-4f1d"  # an environment value: no output may hold it
VARIABLE = "GVI_CANARY"
TRACE = "gvi_was_here"  # a file that only code from a scenario file would write

_RUN = f"import os; open('{TRACE}', 'w')"
_DEEP = 3000


def _tags() -> dict[str, str]:
    calls = {
        "apply": f'!!python/object/apply:os.system ["touch {TRACE}"]',
        "new": "!!python/object/new:os.system [id]",
        "name": "!!python/name:os.system",
        "module": "!!python/module:os",
        "exec": f'!!python/object/apply:builtins.exec ["{_RUN}"]',
        "eval": f"!!python/object/apply:builtins.eval [\"__import__('os').system('touch {TRACE}')\"]",
        "popen": '!!python/object/apply:subprocess.Popen [["id"]]',
        "tuple": "!!python/tuple [1, 2]",
        "bytes": "!!binary aGVsbG8=",
        "set": "!!set {a, b}",
        "omap": "!!omap [a: 1]",
        "own": "!evil 5",
        "bare": "! 5",
        "local": "!include /etc/passwd",
        "env": f"!ENV ${{{VARIABLE}}}",
        "text": "!!str 5",
        "float": '!!float "5"',
    }
    found = {f"tag {name}": f"years: {text}\n" for name, text in calls.items()}
    return found | {"tag handle": "%TAG ! tag:yaml.org,2002:python/\n---\nyears: !name:os.system x\n"}


def _machinery() -> dict[str, str]:
    return {
        "target": f"_target_: os.system\n_args_: [touch {TRACE}]\n",
        "target below": f"exit:\n  places: {{_target_: os.system, command: touch {TRACE}}}\n",
        "target in a shock": "calendar:\n  shocks:\n    - {_target_: builtins.print, name: x}\n",
        "target in a series": "calendar.series: {_target_: os.system}\n",
        "target of a site": "sites:\n  malmo: {_target_: os.system}\n",
        "partial": "site: {_partial_: true, _target_: os.system}\n",
        "hydra run": f"hydra:\n  run: {{dir: ../{TRACE}}}\n",
        "hydra dotted": f"hydra.run.dir: ../{TRACE}\n",
        "hydra logging": f"hydra/job_logging: {{handlers: {{file: {{filename: ../{TRACE}}}}}}}\n",
        "hydra callbacks": "hydra.callbacks: {x: {_target_: os.system}}\n",
        "hydra searchpath": "hydra: {searchpath: [file:///tmp]}\n",
        "hydra shouted": "HYDRA: {run: {dir: x}}\n",
        "hydra in a site": "sites: {malmo: {hydra.run.dir: x}}\n",
        "defaults": "defaults: [site: malmo]\n",
        "package": "# @package hydra.callbacks\nx: {_target_: os.system}\n",
        "chosen": "years: 5\nchosen: [_target_]\n",
        "dunder": "site.__class__: x\n",
        "dunder value": "__class__: {__mro__: 1}\n",
    }


def _lookups() -> dict[str, str]:
    values = {
        "env": f"${{oc.env:{VARIABLE}}}",
        "env default": f"${{oc.env:{VARIABLE},none}}",
        "old env": f"${{env:{VARIABLE}}}",
        "decode": f"${{oc.decode:${{oc.env:{VARIABLE}}}}}",
        "create": "${oc.create:{a: 1}}",
        "select": "${oc.select:site.name}",
        "node": "${site.name}",
        "eval": f"${{eval:'{_RUN}'}}",
        "hydra": "${hydra:runtime.cwd}",
        "now": "${now:%Y}",
    }
    found = {f"lookup {name}": f'site.name: "{text}"\n' for name, text in values.items()}
    return found | {
        "lookup key": f'"${{oc.env:{VARIABLE}}}": 1\n',
        "lookup behind escapes": f'site.name: "\\x24{{oc.env:{VARIABLE}}}"\n',
        "lookup in a list": f"calendar.season: ['${{oc.env:{VARIABLE}}}']\n",
        "lookup in a choice": f"site: ${{oc.env:{VARIABLE}}}\n",
        "lookup folded": f"site.name: >\n  ${{oc.env:{VARIABLE}}}\n",
        "shell": f"site: $(touch {TRACE})\n",
        "template": "programme: '{{ self.__init__.__globals__ }}'\n",
    }


def _bombs() -> dict[str, str]:
    laughs = "a: &a [x]\n" + "".join(f"{b}: &{b} [*{a}, *{a}, *{a}]\n" for a, b in zip("abcdef", "bcdefg"))  # noqa: B905
    return {
        "laughs": laughs,
        "alias": "years: &y 5\nburn_in_years: *y\n",
        "loop": "a: &a {b: *a}\n",
        "merge": "exit:\n  <<: {places: 3}\n",
        "deep lists": "years: " + "[" * _DEEP + "]" * _DEEP + "\n",
        "deep mappings": "years: " + "{a: " * _DEEP + "1" + "}" * _DEEP + "\n",
        "deep blocks": "".join(f"{' ' * level}a:\n" for level in range(200)),
        "many values": "calendar.season: [" + "1, " * 20_000 + "1]\n",
        "many keys": "".join(f"k{number}: 1\n" for number in range(20_000)),
        "many sites": "sites:\n" + "".join(f"  s{number}: {{}}\n" for number in range(4_900)),
        "long key": "years" * 150_000 + ": 1\n",
        "long key below": "exit:\n  " + "places" * 20 + ": 1\n",
        "long text": f"site.name: {'x' * 900_000}\n",
        "long number": f"years: {'9' * 500_000}\n",
        "long comment": "years: 5\n# " + "1 " * 300_000 + "\nyeers: 5\n",
        "too long": "years: 5\n" + "# fill\n" * 200_000,
        "huge exponent": "years: 1e999999999\n",
        "huge members": "site.members: 1000000000\n",
        "huge population": "site.population: " + "9" * 400 + "\n",
    }


def _disguises() -> dict[str, str]:
    return {
        "twice": "years: 5\nyears: 6\n",
        "two documents": "years: 5\n---\nyears: 6\n",
        "hidden line": "# a harmless comment\x85years: 1\n",
        "hidden separator": "years: 5 # \u2028strict: false\n",
        "backwards": "site.name: \u202etxet\n",
        "no width": "ye\u200bars: 5\n",
        "accents apart": "sites: {malmo\u0308: {}}\n",
        "terminal": '"seed.\\e[2J": 1\n',
        "terminal value": 'site: "\\e]0;owned\\a"\n',
        "list": "[years, 5]\n",
        "text": "years\n",
        "binary key": "? [a, b]\n: 1\n",
        "tab": "exit:\n\tplaces: 3\n",
        "path as a choice": "site: ../../../../etc/passwd\n",
        "path as a programme": "programme: /etc/passwd\n",
        "path as a site": "sites: {../../x: {}}\n",
        "formula as a key": "'=cmd|/c calc!A1': 1\n",
        "shock from nowhere": "calendar.shocks: [../../etc/passwd]\n",
        "script in a choice": "site: <script>alert(1)</script>\n",
        "personal number": "# 19811218-9876\nyears: 5\n",
        "address": "site.name: Anna Ek, Storgatan 12\n",
    }


def _traps() -> dict[str, str]:
    words = "no yes on off y 010 0x1F 0o17 0b11 12:30 12:30:45 1_000 .nan .inf -.inf 1e400 1e-400 １２ 1,5"
    return {f"trap {word}": f"exit.acceptance: {word}\nyears: {word}\n" for word in words.split()}


def files() -> dict[str, bytes]:
    """Every hostile file's content by a name that says what it tries; all must end with exit code 2."""
    texts = _tags() | _machinery() | _lookups() | _bombs() | _disguises() | _traps()
    whole = "years: 5\n"
    return {name: text.encode() for name, text in texts.items()} | {
        "utf-16": whole.encode("utf-16"),
        "utf-16 without a mark": whole.encode("utf-16-le"),
        "utf-32": whole.encode("utf-32"),
        "latin-1": "site.name: Malmö\n".encode("latin-1"),
        "nul": b"years: 5\n\0",
        "control": b"years: 5\n# \x07\n",
        "empty": b"",
        "nothing": b"\n# nothing\n",
        "pickle": b"cos\nsystem\n(S'id'\ntR.",
        "zip": b"PK\x03\x04" + bytes(200),
        "overlong": b"years: \xc0\xaf\n",
    }
