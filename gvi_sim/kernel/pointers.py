"""How compiled code reads a class of arrays: one pointer travels, and a table is its first row's address.

``hub`` of an instance is an int64 array with the address and the shape of each of its arrays. A table (an
array of records with one dimension) is read as ``table[k]``, a grid (an array of plain numbers) as ``grid[i, j]``:
no copy of the shape, no wrapping of negative numbers, so subscripts must lie within. Passing the arrays
themselves would cost a reference count and eight words each in every call.
"""

from __future__ import annotations

import operator
from typing import Any

import numpy as np
from llvmlite import ir
from numba.core import cgutils, types
from numba.core.types.containers import BaseTuple, UniTuple
from numba.core.typing import signature
from numba.core.typing.templates import AbstractTemplate, AttributeTemplate, infer_global
from numba.extending import (
    NativeValue,
    infer_getattr,
    intrinsic,
    lower_builtin,
    lower_getattr,
    lower_getattr_generic,
    models,
    register_model,
    typeof_impl,
    unbox,
)  # fmt: skip
from numba.np.numpy_support import from_dtype

_WORD = ir.IntType(64)
_LINE = 64  # bytes that a processor fetches at once
_FIELDS: dict[str, tuple[dict[str, int], dict[str, Any]]] = {}


# At module level, so that a cached signature finds the same classes again.
class Struct(types.Type):
    """A pointer to a table of addresses and shapes; which one is its name."""


class Rows(types.Type):
    """A pointer to where a table's address and length stand."""

    def __init__(self, record: Any) -> None:
        self.record = record
        super().__init__(name=f"Rows({record})")


class Grid(types.Type):
    """A pointer to where the address and the shape of an array of plain numbers stand."""

    def __init__(self, item: Any, dimensions: int) -> None:
        self.item = item
        self.dimensions = dimensions
        super().__init__(name=f"Grid({item}, {dimensions})")


@register_model(Struct)
@register_model(Rows)
@register_model(Grid)
class _WordModel(models.PrimitiveModel):
    def __init__(self, manager: Any, kind: Any) -> None:
        super().__init__(manager, kind, _WORD)


@infer_getattr
class _StructAttributes(AttributeTemplate):
    key = Struct

    def generic_resolve(self, kind: Any, name: str) -> Any:
        return _FIELDS[kind.name][1].get(name)


@infer_global(operator.getitem)
class _RowOfRows(AbstractTemplate):
    def generic(self, args: Any, kws: Any) -> Any:
        if len(args) == 2 and isinstance(args[0], Rows) and isinstance(args[1], types.Integer):
            return signature(args[0].record, args[0], types.intp)
        return None


@infer_global(len)
class _LengthOfRows(AbstractTemplate):
    def generic(self, args: Any, kws: Any) -> Any:
        return signature(types.intp, args[0]) if isinstance(args[0], (Rows, Grid)) else None


def _word(builder: Any, hub: Any, offset: int) -> Any:
    word = builder.load(builder.gep(hub, [ir.Constant(_WORD, offset)]))
    # No compiled code writes to the hub, so what was read once need not be read again after a store elsewhere.
    word.set_metadata("invariant.load", builder.module.add_metadata([]))
    return word


@lower_builtin(operator.getitem, Rows, types.intp)
def _row(context: Any, builder: Any, sig: Any, args: Any) -> Any:
    hub = builder.inttoptr(args[0], _WORD.as_pointer())
    record = sig.return_type
    size = ir.Constant(_WORD, record.size)
    address = builder.add(_word(builder, hub, 0), builder.mul(args[1], size))
    return builder.inttoptr(address, context.get_value_type(record))


@lower_builtin(len, Rows)
@lower_builtin(len, Grid)
def _length(context: Any, builder: Any, sig: Any, args: Any) -> Any:
    return _word(builder, builder.inttoptr(args[0], _WORD.as_pointer()), 1)


def _indices(kind: Any, index: Any) -> Any:
    """The types of a grid's subscripts, as many as it has dimensions; none if they do not fit."""
    wanted = UniTuple(types.intp, kind.dimensions) if kind.dimensions > 1 else types.intp
    given = index.types if isinstance(index, BaseTuple) else (index,)
    fits = len(given) == kind.dimensions and all(isinstance(one, types.Integer) for one in given)
    return wanted if fits else None


@infer_global(operator.getitem)
class _ItemOfGrid(AbstractTemplate):
    def generic(self, args: Any, kws: Any) -> Any:
        indices = _indices(*args) if len(args) == 2 and isinstance(args[0], Grid) else None
        return None if indices is None else signature(args[0].item, args[0], indices)


@infer_global(operator.setitem)
class _SetItemOfGrid(AbstractTemplate):
    def generic(self, args: Any, kws: Any) -> Any:
        indices = _indices(*args[:2]) if len(args) == 3 and isinstance(args[0], Grid) else None
        return None if indices is None else signature(types.none, args[0], indices, args[0].item)


@infer_getattr
class _GridAttributes(AttributeTemplate):
    key = Grid

    def resolve_shape(self, kind: Any) -> Any:
        return UniTuple(types.intp, kind.dimensions)


def _item(context: Any, builder: Any, kind: Any, grid: Any, index: Any) -> Any:
    """Pointer to an item, by row-major order."""
    hub = builder.inttoptr(grid, _WORD.as_pointer())
    first, *rest = cgutils.unpack_tuple(builder, index, kind.dimensions) if kind.dimensions > 1 else [index]
    for dimension, subscript in enumerate(rest, 2):
        first = builder.add(builder.mul(first, _word(builder, hub, dimension)), subscript)
    items = builder.inttoptr(_word(builder, hub, 0), context.get_data_type(kind.item).as_pointer())
    return builder.gep(items, [first])


@lower_builtin(operator.getitem, Grid, types.Any)
def _read_item(context: Any, builder: Any, sig: Any, args: Any) -> Any:
    return builder.load(_item(context, builder, sig.args[0], *args))


@lower_builtin(operator.setitem, Grid, types.Any, types.Any)
def _write_item(context: Any, builder: Any, sig: Any, args: Any) -> Any:
    builder.store(args[2], _item(context, builder, sig.args[0], *args[:2]))
    return context.get_dummy_value()


@lower_getattr(Grid, "shape")
def _shape(context: Any, builder: Any, kind: Any, grid: Any) -> Any:
    hub = builder.inttoptr(grid, _WORD.as_pointer())
    return cgutils.pack_array(builder, [_word(builder, hub, 1 + k) for k in range(kind.dimensions)])


@lower_getattr_generic(Struct)
def _read_field(context: Any, builder: Any, kind: Any, value: Any, name: str) -> Any:
    return builder.add(value, ir.Constant(_WORD, 8 * _FIELDS[kind.name][0][name]))


@unbox(Struct)
def _struct_from_object(kind: Any, value: Any, c: Any) -> Any:
    address = c.pyapi.object_getattr_string(value, "address")
    native = c.pyapi.long_as_longlong(address)
    c.pyapi.decref(address)
    return NativeValue(native, is_error=cgutils.is_not_null(c.builder, c.pyapi.err_occurred()))


def _kind(dtype: np.dtype[Any], dimensions: int) -> Any:
    scalar = from_dtype(dtype)
    return Rows(scalar) if isinstance(scalar, types.Record) else Grid(scalar, dimensions)


def pointer_struct(cls: type, fields: dict[str, tuple[np.dtype[Any], int]]) -> None:
    """Let compiled code take an instance of ``cls`` and read its arrays as attributes.

    ``fields`` gives type and number of dimensions of each array; ``cls.hub`` is an int64 array that holds
    for each field, in order, its address and its shape, and ``cls.address`` is the address of that.
    """
    indices, kinds = _FIELDS.setdefault(cls.__name__, ({}, {}))
    index = 0
    for name, (dtype, dimensions) in fields.items():
        indices[name], kinds[name] = index, _kind(dtype, dimensions)
        index += 1 + dimensions
    kind = Struct(cls.__name__)
    typeof_impl.register(cls)(lambda value, context: kind)


def lookup_table(values: list[float]) -> Any:
    """A function of an index from 0 on, its values constants of the compiled code; nothing is checked."""
    kind = ir.ArrayType(ir.DoubleType(), len(values))
    constant = ir.Constant(kind, values)

    @intrinsic
    def look_up(typing_context: Any, index: Any) -> Any:
        def read(context: Any, builder: Any, sig: Any, args: Any) -> Any:
            table = cgutils.global_constant(builder.module, "table", constant)
            return builder.load(builder.gep(table, [ir.Constant(_WORD, 0), args[0]]))

        return signature(types.float64, index), read

    return look_up


@intrinsic
def fetch_ahead(typing_context: Any, row: Any) -> Any:
    """Have a row of a table brought near the processor while it does something else."""

    def fetch(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        start = builder.bitcast(args[0], ir.IntType(8).as_pointer())
        kind = ir.FunctionType(ir.VoidType(), [start.type, *[ir.IntType(32)] * 3])
        function = cgutils.get_or_insert_function(builder.module, kind, "llvm.prefetch.p0")
        for offset in range(0, sig.args[0].size, _LINE):
            line = builder.gep(start, [ir.Constant(_WORD, offset)])
            # To be written to, to be kept near, data.
            builder.call(function, [line, *[ir.Constant(ir.IntType(32), k) for k in (1, 3, 1)]])
        return context.get_dummy_value()

    return signature(types.none, row), fetch
