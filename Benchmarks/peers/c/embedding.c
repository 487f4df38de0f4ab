/* What it costs a C program to run Lua scripts; the same figures as in Benchmarks/Embedding. */
#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec + time.tv_nsec / 1e9;
}

static long peak(void) {
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss * 1024;
}

static int output(lua_State *state) {
  size_t length;
  luaL_tolstring(state, 1, &length);
  return 0;
}

static const char *small = "local n = ...\nprint(\"run \" .. n)\nreturn n + 1";

struct chunk {
  char bytes[4096];
  size_t length;
};

static int save(lua_State *state, const void *bytes, size_t length, void *user) {
  struct chunk *chunk = user;
  (void)state;
  if (chunk->length + length > sizeof chunk->bytes) return 1;
  memcpy(chunk->bytes + chunk->length, bytes, length);
  chunk->length += length;
  return 0;
}

/* Each run in a state of its own, as each run of Weft is; the script has been compiled before. */
static long long runs(long count) {
  struct chunk chunk = {.length = 0};
  lua_State *compiler = luaL_newstate();
  if (luaL_loadstring(compiler, small) != LUA_OK || lua_dump(compiler, save, &chunk, 0) != 0) exit(1);
  lua_close(compiler);
  long long sum = 0;
  for (long number = 1; number <= count; number++) {
    lua_State *state = luaL_newstate();
    luaL_openlibs(state);
    lua_register(state, "print", output);
    if (luaL_loadbufferx(state, chunk.bytes, chunk.length, "small", "b") != LUA_OK) exit(1);
    lua_pushinteger(state, number);
    if (lua_pcall(state, 1, 1, 0) != LUA_OK) exit(1);
    sum += lua_tointeger(state, -1);
    lua_close(state);
  }
  return sum;
}

static const char *step =
  "function step%d(items, limit)\n"
  "  local total = 0\n"
  "  for _, item in ipairs(items) do\n"
  "    if item %% 2 == 0 then\n"
  "      total = total + item * %d\n"
  "    end\n"
  "  end\n"
  "  return total + limit\n"
  "end\n\n";

/* A script of a thousand lines, from its text or as `lua_dump` saved it, which Lua trusts. */
static double load(long count, int saved) {
  static char text[1 << 20];
  static struct { char bytes[1 << 20]; size_t length; } big;
  size_t length = 0;
  for (int number = 0; number < 100; number++) length += sprintf(text + length, step, number, number);
  lua_State *state = luaL_newstate();
  const char *chunk = text;
  if (saved) {
    luaL_openlibs(state);
    if (luaL_dostring(state, "return function(text) return string.dump(load(text)) end") != LUA_OK) exit(1);
    lua_pushlstring(state, text, length);
    if (lua_pcall(state, 1, 1, 0) != LUA_OK) exit(1);
    const char *bytes = lua_tolstring(state, -1, &big.length);
    memcpy(big.bytes, bytes, big.length);
    chunk = big.bytes;
    length = big.length;
  }
  double began = now();
  for (long number = 0; number < count; number++) {
    if (luaL_loadbufferx(state, chunk, length, "long", saved ? "b" : "t") != LUA_OK) exit(1);
    lua_settop(state, 0);
  }
  return began;
}

static int add(lua_State *state) {
  lua_pushinteger(state, luaL_checkinteger(state, 1) + luaL_checkinteger(state, 2));
  return 1;
}

/* The nearest to a function that is awaited: it yields, and the host resumes the script with the answer. */
static int ask(lua_State *state) { return lua_yield(state, 2); }

static const char *loop = "local n = ...\nlocal sum = 0\nfor i = 1, n do sum = add(sum, i) end\nreturn sum";

int main(int count_of_arguments, char **arguments) {
  if (count_of_arguments < 3) return 2;
  const char *figure = arguments[1];
  long count = atol(arguments[2]);
  long long answer = 0;
  double began;
  if (strcmp(figure, "start") == 0) {
    runs(100);
    began = now();
    answer = runs(count);
  } else if (strcmp(figure, "growth") == 0) {
    runs(1000);
    long before = peak();
    began = now();
    answer = runs(count);
    printf("grown=%ld\n", peak() - before);
  } else if (strcmp(figure, "compile") == 0 || strcmp(figure, "load") == 0) {
    began = load(count, figure[0] == 'l');
    answer = 1000;
  } else {
    lua_State *state = luaL_newstate();
    luaL_openlibs(state);
    int waits = strcmp(figure, "async") == 0;
    lua_register(state, "add", waits ? ask : add);
    lua_State *thread = lua_newthread(state);
    if (luaL_loadstring(thread, loop) != LUA_OK) return 1;
    lua_pushinteger(thread, count);
    began = now();
    int results = 0, given = 1;
    while (lua_resume(thread, state, given, &results) == LUA_YIELD) {
      long long sum = lua_tointeger(thread, -2) + lua_tointeger(thread, -1);
      lua_pop(thread, results);
      lua_pushinteger(thread, sum);
      given = 1;
    }
    answer = lua_tointeger(thread, -1);
  }
  printf("answer=%lld\nseconds=%.9f\n", answer, now() - began);
  return 0;
}
