"""Weft for Python, over the C interface: `python3 jobs.py path/to/libweft-c.so`."""

import ctypes
from ctypes import CFUNCTYPE, POINTER, byref, c_bool, c_char_p, c_double, c_int, c_int64, c_size_t, c_void_p

FUNCTION = CFUNCTYPE(c_void_p, c_void_p, POINTER(c_void_p), c_size_t, POINTER(c_void_p))
TEXT = ctypes.c_size_t(-1)


class WeftError(Exception):
    def __init__(self, kind, message, text):
        super().__init__(text)
        self.kind, self.message = kind, message


class Weft:
    """An interpreter. Functions defined here are called on a thread of their own, while the script's other tasks go on."""

    def __init__(self, library):
        self.lib = lib = ctypes.CDLL(library)
        pointers = "interpreter_new none bool int float string duration list map compile start run_wait run_call " \
            "value_at value_key_at host_error"
        for name in pointers.split():
            getattr(lib, "weft_" + name).restype = c_void_p
        for name in "value_string value_text run_output error_kind error_message error_text".split():
            getattr(lib, "weft_" + name).restype = c_char_p
            getattr(lib, "weft_" + name).argtypes = [c_void_p]
        lib.weft_value_string.argtypes = [c_void_p, c_void_p]
        lib.weft_value_bool.restype = c_bool
        lib.weft_value_int.restype = lib.weft_value_duration.restype = c_int64
        lib.weft_value_float.restype = c_double
        lib.weft_value_count.restype = c_size_t
        lib.weft_bool.argtypes, lib.weft_int.argtypes, lib.weft_float.argtypes = [c_bool], [c_int64], [c_double]
        lib.weft_string.argtypes = [c_char_p, c_size_t]
        lib.weft_compile.argtypes = [c_void_p, c_char_p, c_size_t, c_char_p, c_void_p]
        lib.weft_start.argtypes = [c_void_p, c_void_p, c_bool]
        lib.weft_define.argtypes = [
            c_void_p, c_char_p, POINTER(c_char_p), c_size_t, c_char_p, c_int, FUNCTION, c_void_p]
        one = "interpreter_free value_free script_free run_free error_free value_kind value_bool value_int value_float " \
            "value_count value_duration"
        for name in one.split():
            getattr(lib, "weft_" + name).argtypes = [c_void_p]
        for name in "value_at value_key_at".split():
            getattr(lib, "weft_" + name).argtypes = [c_void_p, c_size_t]
        for name in "run_wait list_append host_error".split():
            getattr(lib, "weft_" + name).argtypes = [c_void_p, c_void_p]
        lib.weft_map_set.argtypes = [c_void_p, c_char_p, c_void_p]
        lib.weft_host_error.argtypes = [c_char_p, c_char_p]
        lib.weft_limit_memory.argtypes = lib.weft_limit_operations.argtypes = lib.weft_limit_time.argtypes = [
            c_void_p, c_int64]
        self.pointer = lib.weft_interpreter_new()
        # The library calls these as long as it lives.
        self.functions = []

    def __del__(self):
        self.lib.weft_interpreter_free(self.pointer)

    def to_weft(self, value):
        lib = self.lib
        if value is None:
            return lib.weft_none()
        if isinstance(value, bool):
            return lib.weft_bool(value)
        if isinstance(value, int):
            return lib.weft_int(value)
        if isinstance(value, float):
            return lib.weft_float(value)
        if isinstance(value, str):
            data = value.encode()
            return lib.weft_string(data, len(data))
        if isinstance(value, dict):
            made = lib.weft_map()
            for key, element in value.items():
                lib.weft_map_set(made, str(key).encode(), self.to_weft(element))
            return made
        made = lib.weft_list()
        for element in value:
            lib.weft_list_append(made, self.to_weft(element))
        return made

    def from_weft(self, pointer):
        lib = self.lib
        kind = lib.weft_value_kind(pointer)
        if kind == 0:
            return None
        if kind == 1:
            return lib.weft_value_bool(pointer)
        if kind == 2:
            return lib.weft_value_int(pointer)
        if kind == 3:
            return int(lib.weft_value_string(pointer, None))
        if kind == 4:
            return lib.weft_value_float(pointer)
        if kind == 5:
            return lib.weft_value_string(pointer, None).decode()
        if kind == 7:
            return lib.weft_value_duration(pointer) / 1e9
        if kind == 9:
            return [self.taken(lib.weft_value_at(pointer, i)) for i in range(lib.weft_value_count(pointer))]
        if kind == 10:
            return {
                self.taken(lib.weft_value_key_at(pointer, i)): self.taken(lib.weft_value_at(pointer, i))
                for i in range(lib.weft_value_count(pointer))}
        return lib.weft_value_text(pointer).decode()

    def taken(self, pointer):
        try:
            return self.from_weft(pointer)
        finally:
            self.lib.weft_value_free(pointer)

    def raised(self, error):
        lib = self.lib
        made = WeftError(*(part(error).decode() for part in (lib.weft_error_kind, lib.weft_error_message, lib.weft_error_text)))
        lib.weft_error_free(error)
        return made

    def define(self, name, function, parameters):
        def call(user, arguments, count, error):
            try:
                return self.to_weft(function(*(self.from_weft(arguments[i]) for i in range(count))))
            except Exception as problem:
                error[0] = self.lib.weft_host_error(None, f"{type(problem).__name__}: {problem}".encode())
                return None

        wrapped = FUNCTION(call)
        self.functions.append(wrapped)
        names = (c_char_p * len(parameters))(*(name.encode() for name in parameters))
        self.lib.weft_define(self.pointer, name.encode(), names, len(parameters), None, 1, wrapped, None)

    def run(self, source, name="script", **params):
        """Gives the script's value and what it printed."""
        lib, error, data = self.lib, c_void_p(), source.encode()
        script = lib.weft_compile(self.pointer, data, len(data), name.encode(), byref(error))
        if not script:
            raise self.raised(error)
        given = self.to_weft(params)
        run = lib.weft_start(script, given, False)
        lib.weft_value_free(given)
        try:
            value = lib.weft_run_wait(run, byref(error))
            if not value:
                raise self.raised(error)
            return self.taken(value), lib.weft_run_output(run).decode()
        finally:
            lib.weft_run_free(run)
            lib.weft_script_free(script)
