/* Runs a script with functions of its own: one that answers at once, and one that answers later from another thread. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "weft.h"

static weft_value *price(void *user, const weft_value *const *arguments, size_t count, weft_error **error) {
  (void)user;
  (void)count;
  const char *item = weft_value_string(arguments[0], NULL);
  if (item == NULL || item[0] == '\0') {
    *error = weft_host_error("NotFound", "there is no such item");
    return NULL;
  }
  return weft_float(item[0] == 't' ? 2.5 : 1.25);
}

static void *answer(void *call) {
  usleep(1000);
  weft_call_complete(call, weft_string("delivered", WEFT_TEXT));
  return NULL;
}

static void deliver(void *user, const weft_value *const *arguments, size_t count, weft_call *call) {
  (void)user;
  (void)arguments;
  (void)count;
  pthread_t thread;
  if (pthread_create(&thread, NULL, answer, call) != 0) {
    weft_call_fail(call, NULL, "there is no thread for it");
    return;
  }
  pthread_detach(thread);
}

static const char *source =
  "param items = []\n"
  "let prices = [price(item) for item in items]\n"
  "let states = gather for item in items { deliver(item) }\n"
  "task double(n) => 2 * n\n"
  "print(\"\\(len(items)) items\")\n"
  "{total: sum(prices), states: states}\n";

static int fail(weft_error *error) {
  fprintf(stderr, "%s", weft_error_text(error));
  weft_error_free(error);
  return 1;
}

int main(void) {
  weft_error *error = NULL;
  weft_interpreter *weft = weft_interpreter_new();
  weft_limit_memory(weft, 64 << 20);
  weft_limit_time(weft, 5000000000);
  const char *const item[] = {"item"};
  weft_define_error(weft, "NotFound");
  weft_define(weft, "price", item, 1, "what an item costs", WEFT_INLINE, price, NULL);
  weft_define_async(weft, "deliver", item, 1, "brings an item", deliver, NULL);
  weft_script *script = weft_compile(weft, source, WEFT_TEXT, "jobs.weft", &error);
  if (script == NULL) return fail(error);

  weft_value *params = weft_map();
  weft_value *items = weft_list();
  weft_list_append(items, weft_string("tea", WEFT_TEXT));
  weft_list_append(items, weft_string("milk", WEFT_TEXT));
  weft_map_set(params, "items", items);
  weft_run *run = weft_start(script, params, true);
  weft_value_free(params);

  weft_value *arguments = weft_list();
  weft_list_append(arguments, weft_int(21));
  weft_value *doubled = weft_run_call(run, "double", arguments, &error);
  weft_value_free(arguments);
  if (doubled == NULL) return fail(error);
  printf("double(21) = %lld\n", (long long)weft_value_int(doubled));
  weft_value_free(doubled);

  weft_run_close(run);
  weft_value *result = weft_run_wait(run, &error);
  if (result == NULL) return fail(error);
  printf("printed: %s", weft_run_output(run));
  printf("result: %s\n", weft_value_text(result));
  weft_value_free(result);
  weft_run_free(run);

  /* A script is kept as bytes, and a byte that has changed is noticed. */
  size_t count;
  weft_value *saved = weft_script_save(script);
  weft_script_free(script);
  const char *bytes = weft_value_bytes(saved, &count);
  script = weft_load(weft, bytes, count, &error);
  if (script == NULL) return fail(error);
  weft_script_free(script);
  char *damaged = malloc(count);
  memcpy(damaged, bytes, count);
  weft_value_free(saved);
  damaged[count / 2] ^= 1;
  if (weft_load(weft, damaged, count, &error) == NULL) {
    printf("%s: %s\n", weft_error_kind(error), weft_error_message(error));
    weft_error_free(error);
  }
  free(damaged);

  /* A mistake is told with its place. */
  if (weft_compile(weft, "prce(\"x\")", WEFT_TEXT, "typo.weft", &error) == NULL) {
    printf("%s at %d:%d: %s\n", weft_error_kind(error), weft_error_line(error), weft_error_column(error),
           weft_error_message(error));
    weft_error_free(error);
  }

  /* An endless loop is ended. */
  weft_script *endless = weft_compile(weft, "while true { }", WEFT_TEXT, "endless.weft", &error);
  weft_run *busy = weft_start(endless, NULL, false);
  weft_run_cancel(busy, "it takes too long", 0);
  weft_value *nothing = weft_run_wait(busy, &error);
  if (nothing != NULL) return 1;
  printf("%s\n", weft_error_message(error));
  weft_error_free(error);
  weft_run_free(busy);
  weft_script_free(endless);

  /* What is not granted is not there. */
  weft_grant_nothing(weft);
  if (weft_compile(weft, "print(1)", WEFT_TEXT, "mute.weft", &error) == NULL) {
    printf("%s\n", weft_error_message(error));
    weft_error_free(error);
  }
  weft_interpreter_free(weft);
  return 0;
}
