/* Weft for C, and for whatever can call C.
 *
 * Ownership. What a function of this header gives as a pointer without `const` is the caller's, who frees it by the `_free` of its
 * type; `const` results are borrowed from the object that they were asked of, and live as long as it does. Functions take nothing
 * over, except where "takes over" is said. NULL may be given to every `_free`.
 *
 * Threads. There is no global state. A `weft_interpreter` and a `weft_value` are used by one thread at a time; a `weft_script`,
 * a `weft_run` and a `weft_call` by any number of threads at once. Host functions are called on threads of Weft: one of
 * WEFT_INLINE must come back within microseconds, and nothing of the run goes on meanwhile; one of WEFT_BLOCKING may take its time.
 *
 * Texts are UTF-8. A length may be given as WEFT_TEXT for a text that ends with a NUL.
 */
#ifndef WEFT_H
#define WEFT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define WEFT_TEXT ((size_t)-1)

typedef struct weft_interpreter weft_interpreter;
typedef struct weft_script weft_script;
typedef struct weft_run weft_run;
typedef struct weft_value weft_value;
typedef struct weft_error weft_error;
typedef struct weft_call weft_call;

/* ---- Values: copies of what scripts have. Changing one changes nothing elsewhere. ---- */

typedef enum weft_kind {
  WEFT_NONE = 0, WEFT_BOOL = 1, WEFT_INT = 2, WEFT_BIG_INT = 3, WEFT_FLOAT = 4, WEFT_STRING = 5, WEFT_BYTES = 6,
  WEFT_DURATION = 7, WEFT_RATE = 8, WEFT_LIST = 9, WEFT_MAP = 10, WEFT_ERROR = 11, WEFT_OBJECT = 12, WEFT_OPAQUE = 13
} weft_kind;

weft_value *weft_none(void);
weft_value *weft_bool(bool value);
weft_value *weft_int(int64_t value);
weft_value *weft_float(double value);
weft_value *weft_string(const char *text, size_t length);
weft_value *weft_bytes(const void *bytes, size_t count);
weft_value *weft_duration(int64_t nanoseconds);
weft_value *weft_list(void);
weft_value *weft_map(void);
void weft_value_free(weft_value *value);

/* Adds to a list or a map, and takes `element` over, also when `list` is none. */
void weft_list_append(weft_value *list, weft_value *element);
void weft_map_set(weft_value *map, const char *key, weft_value *element);

weft_kind weft_value_kind(const weft_value *value);
/* Each gives false, 0 or NULL for a value of another kind. */
bool weft_value_bool(const weft_value *value);
int64_t weft_value_int(const weft_value *value);
/* An Int counts as well. */
double weft_value_float(const weft_value *value);
int64_t weft_value_duration(const weft_value *value);
/* Of a String, or the digits of a WEFT_BIG_INT. It ends with a NUL; `length` may be NULL. */
const char *weft_value_string(const weft_value *value, size_t *length);
const void *weft_value_bytes(const weft_value *value, size_t *count);
/* Elements of a list, entries of a map. */
size_t weft_value_count(const weft_value *value);
/* An element, or the value or key of an entry; NULL beyond the end. */
weft_value *weft_value_at(const weft_value *value, size_t index);
weft_value *weft_value_key_at(const weft_value *value, size_t index);
/* The value under a key of a map; NULL if there is none. */
weft_value *weft_value_get(const weft_value *value, const char *key);
/* As `print` shows it. */
const char *weft_value_text(const weft_value *value);

/* ---- Errors ---- */

void weft_error_free(weft_error *error);
/* The kind, such as "FetchError"; of a script that does not compile the code of its first problem, such as "E0201". */
const char *weft_error_kind(const weft_error *error);
const char *weft_error_message(const weft_error *error);
/* All of it, as `weft run` and `weft check` print it. */
const char *weft_error_text(const weft_error *error);
/* Where: lines and columns count from 1; 0 if it has no place. */
int32_t weft_error_line(const weft_error *error);
int32_t weft_error_column(const weft_error *error);
typedef enum weft_reason {
  WEFT_COMPILE = 0, WEFT_FAILED = 1, WEFT_CANCELLED = 2, WEFT_LIMIT = 3, WEFT_INPUT = 4
} weft_reason;
weft_reason weft_error_reason(const weft_error *error);

/* ---- Interpreters: limits, capabilities and host functions for the scripts that they compile ---- */

weft_interpreter *weft_interpreter_new(void);
void weft_interpreter_free(weft_interpreter *interpreter);

/* What one run may use up. Without them: 256 MB of memory, 1,000,000,000 operations, 300 s, 64 workers, 1 MB of output, 16 MiB for
 * the calls of one task, 100,000 tasks at one time, 64 MB for one value, 16 MB for one answer, and another seed each run. A run that
 * crosses a limit ends with WEFT_LIMIT; a time below 0 stands for any time. */
void weft_limit_memory(weft_interpreter *interpreter, int64_t bytes);
void weft_limit_operations(weft_interpreter *interpreter, int64_t count);
void weft_limit_time(weft_interpreter *interpreter, int64_t nanoseconds);
void weft_limit_workers(weft_interpreter *interpreter, int64_t count);
void weft_limit_output(weft_interpreter *interpreter, int64_t bytes);
void weft_limit_call_stack(weft_interpreter *interpreter, int64_t bytes);
void weft_limit_tasks(weft_interpreter *interpreter, int64_t count);
void weft_limit_value_size(weft_interpreter *interpreter, int64_t bytes);
void weft_limit_response(weft_interpreter *interpreter, int64_t bytes);
void weft_set_seed(weft_interpreter *interpreter, uint64_t seed);

/* What is not granted, a script cannot even name. A new interpreter grants output, the clock and random numbers, as long as nobody
 * says weft_grant_nothing. */
typedef enum weft_capability {
  WEFT_FILES = 1, WEFT_ENVIRONMENT = 2, WEFT_OUTPUT = 3, WEFT_CLOCK = 4, WEFT_RANDOMNESS = 5
} weft_capability;
void weft_grant(weft_interpreter *interpreter, weft_capability capability);
void weft_grant_nothing(weft_interpreter *interpreter);
/* Files below this folder and no others, wherever links and `..` lead; may be said of several folders. What may be written may be
 * read, too. WEFT_FILES grants all that the process may use. */
void weft_grant_files(weft_interpreter *interpreter, const char *folder, bool writing);
/* What `env` finds; grants WEFT_ENVIRONMENT. */
void weft_set_environment(weft_interpreter *interpreter, const char *name, const char *value);

typedef enum weft_style { WEFT_INLINE = 0, WEFT_BLOCKING = 1 } weft_style;

/* A host function. The arguments are borrowed for the time of the call; one that the script left out is a WEFT_NONE. Gives a value,
 * which Weft takes over, or NULL for none. To fail, sets `*error` to a weft_host_error, which Weft takes over. */
typedef weft_value *(*weft_function)(
  void *user, const weft_value *const *arguments, size_t count, weft_error **error);
/* An error to throw: its kind is "HostError" if NULL. */
weft_error *weft_host_error(const char *kind, const char *message);

/* A host function that answers later: from any thread, and exactly once, by weft_call_complete or weft_call_fail. The arguments are
 * borrowed until it comes back. */
typedef void (*weft_async_function)(void *user, const weft_value *const *arguments, size_t count, weft_call *call);

/* Adds a function that scripts call by `name`, or `module.name`. `parameters` are the names of its `count` parameters; one that
 * ends with `?` may be left out. `documentation` may be NULL. `user` is given to each call; it has to live until the interpreter
 * and all its scripts and runs are freed. */
void weft_define(
  weft_interpreter *interpreter, const char *name, const char *const *parameters, size_t count,
  const char *documentation, weft_style style, weft_function function, void *user);
void weft_define_async(
  weft_interpreter *interpreter, const char *name, const char *const *parameters, size_t count,
  const char *documentation, weft_async_function function, void *user);
/* A kind of error for weft_host_error, which scripts can catch by its name. */
void weft_define_error(weft_interpreter *interpreter, const char *kind);

/* Both free the call, and take `result` over. */
void weft_call_complete(weft_call *call, weft_value *result);
void weft_call_fail(weft_call *call, const char *kind, const char *message);
/* Nobody waits for the answer any more; it still has to be given. */
bool weft_call_is_cancelled(const weft_call *call);

/* ---- Scripts and runs ---- */

/* Gives NULL, and an error if `error` is not NULL, for a script that does not compile. What is changed in the interpreter later
 * does not change the script. */
weft_script *weft_compile(
  const weft_interpreter *interpreter, const char *source, size_t length, const char *name, weft_error **error);
void weft_script_free(weft_script *script);
/* The script with all the files that it imports, as WEFT_BYTES. */
weft_value *weft_script_save(const weft_script *script);
/* Makes a script of what weft_script_save gave. Gives NULL, and an error of the kind "LoadError", for bytes that are damaged or of
 * another version, or that mean something else with what this interpreter grants and defines. */
weft_script *weft_load(const weft_interpreter *interpreter, const void *bytes, size_t count, weft_error **error);

/* Begins a run. `params` is a map of values for the script's `param`s, or NULL. With `stays_open`, the run goes on when the
 * script's top level has ended, for weft_run_call, until weft_run_close. Freeing a run does not end it. */
weft_run *weft_start(const weft_script *script, const weft_value *params, bool stays_open);
void weft_run_free(weft_run *run);

/* Waits for the end. Gives the value of the script's last expression, or NULL and an error if `error` is not NULL. Not from within a
 * host function of the same run. */
weft_value *weft_run_wait(const weft_run *run, weft_error **error);
/* What it printed; only after weft_run_wait, and "" before. */
const char *weft_run_output(const weft_run *run);
/* Calls a task of the script by its name, and waits for its end. `arguments` is a list, or NULL. */
weft_value *weft_run_call(const weft_run *run, const char *task, const weft_value *arguments, weft_error **error);
void weft_run_close(const weft_run *run);
/* Ends the run in order; after `grace` nanoseconds, if that is not negative, at once. `reason` may be NULL. */
void weft_run_cancel(const weft_run *run, const char *reason, int64_t grace);
/* Adds to the limit of operations of a run that goes on. */
void weft_run_allow(const weft_run *run, int64_t operations);
void weft_run_pause(const weft_run *run);
void weft_run_resume(const weft_run *run);

#ifdef __cplusplus
}
#endif

#endif
