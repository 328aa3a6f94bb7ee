"""Compile a kernel as one whole: every part is lowered once, and optimised once, with the entry that calls it.

Numba by itself optimises each function that another one calls, turns it into machine code, links copies of it
into every caller and optimises again; with some two hundred small functions that takes longer than all the rest.
Here a part stops at its intermediate code, and an entry gathers the parts that it reaches, links each of them
once, and is optimised and turned into machine code as a whole. Nothing but compile time depends on it.
"""

from __future__ import annotations

from typing import Any

import llvmlite.binding as llvm
from numba import _dynfunc
from numba.core.codegen import JITCodeLibrary
from numba.core.compiler import CompilerBase, DefaultPassBuilder
from numba.core.compiler_machinery import register_pass
from numba.core.typed_passes import InlineOverloads, NativeLowering, NativeParforLowering, NopythonRewrites
from numba.core.untyped_passes import InlineClosureLikes


class _Part(JITCodeLibrary):
    """The code of one function, neither optimised nor turned into machine code."""

    def add_llvm_module(self, ll_module: Any) -> None:
        ll_module.data_layout = self._codegen._data_layout
        self._final_module.link_in(ll_module)

    def finalize(self) -> None:
        self._raise_if_finalized()
        self._finalize_dynamic_globals()
        self._finalized = True


class _Whole(JITCodeLibrary):
    """An entry, linked with all parts that it reaches."""

    _linking_libraries: list[Any]

    def finalize(self) -> None:
        reached = dict.fromkeys(self._linking_libraries)
        waiting = list(reached)
        while waiting:
            library = waiting.pop()
            if isinstance(library, _Part):
                fresh = [part for part in library._linking_libraries if part not in reached]
                reached.update(dict.fromkeys(fresh))
                waiting += fresh
        self._linking_libraries = list(reached)
        super().finalize()

    def _optimize_final_module(self) -> None:
        self._keep_to_itself()
        # One pass. Numba takes two, the first for counted references, of which there are hardly any here.
        options = llvm.create_pipeline_tuning_options(speed_level=2)
        options.loop_vectorization = options.slp_vectorization = False
        builder = llvm.create_pass_builder(self._codegen._tm, options)
        builder.getModulePassManager().run(self._final_module, builder)

    def _keep_to_itself(self) -> None:
        """Nobody else calls the parts, so that the optimiser may change how they are called."""
        for function in self._final_module.functions:
            if function.linkage == llvm.Linkage.linkonce_odr and not function.is_declaration:
                function.linkage = llvm.Linkage.internal


def _library(kind: type[JITCodeLibrary], state: Any) -> JITCodeLibrary:
    library = kind(state.targetctx.codegen(), state.func_id.func_qualname)
    library.enable_object_caching()
    return library


@register_pass(mutates_CFG=True, analysis_only=False)
class _LowerPart(NativeLowering):
    _name = "lower_part"

    def run_pass(self, state: Any) -> bool:
        state.library = _library(_Part, state)
        state.flags.no_compile = True
        super().run_pass(state)
        lowered = state["cr"]
        desc = lowered.fndesc
        # What stands for the function in tables that are keyed by callables; it is never called.
        name = desc.qualname.split(".")[-1]
        stand = _dynfunc.make_function(desc.lookup_module(), name, "a part", 0, lowered.env, (state.library,))
        state.targetctx.insert_user_function(stand, desc, [state.library])
        state.reload_init.extend(state.library._reload_init)
        state["cr"] = lowered._replace(cfunc=stand)
        return True


@register_pass(mutates_CFG=True, analysis_only=False)
class _LowerWhole(NativeLowering):
    _name = "lower_whole"

    def run_pass(self, state: Any) -> bool:
        state.library = _library(_Whole, state)
        return bool(super().run_pass(state))


# Rewrites of array expressions and of calls within calls, of which kernels have none.
_NOT_NEEDED = NopythonRewrites, InlineClosureLikes, InlineOverloads


class _Pipeline(CompilerBase):
    lowering: Any = NativeLowering

    def define_pipelines(self) -> list[Any]:
        manager = DefaultPassBuilder.define_nopython_pipeline(self.state)
        lowering = NativeLowering, NativeParforLowering
        manager.passes = [
            (self.lowering if made in lowering else made, text)
            for made, text in manager.passes
            if made not in _NOT_NEEDED
        ]
        manager.finalize()
        return [manager]


class PartCompiler(_Pipeline):
    """For functions that only compiled code calls."""

    lowering = _LowerPart


class WholeCompiler(_Pipeline):
    """For functions that Python calls."""

    lowering = _LowerWhole
