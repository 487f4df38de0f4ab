# `make demo` and `make test` are all that a newcomer needs; both install what is missing.

# A command that starts at once: at a fixed address nothing has to be relocated, and folding equal functions keeps
# fewer pages in memory (20.2 MB and 10 ms became 17.8 MB and 6 ms for an empty script). Nobody looks up symbols of it, so
# what it doesn't use itself is left out (22.3 MB became 20.4).
LINK_FLAGS = $(if $(filter Linux,$(shell uname)),-Xlinker -no-pie -Xlinker --icf=safe -Xlinker --no-export-dynamic $(TINFO))
# The linker looks into the folder of the build first. The libraries that it finds there become a part of the command, and
# starting it has less to put together (20.4 MB became 19.0, and 2 ms of 13 were saved).
LIBRARIES := .build/$(shell uname -m)-unknown-linux-gnu/release
# Readline alone does not say what it needs.
TINFO = $(shell [ -e $(LIBRARIES)/libreadline.a ] && echo -Xlinker -ltinfo)
SWIFT_BUILD = swift build -c release --product weft --static-swift-stdlib $(LINK_FLAGS) $(TRAITS)
# Where Readline is not there, the command is built without its prompt. Looked at anew each time, since it may just have been
# installed.
HAS_READLINE = $(shell [ -e /usr/include/readline/readline.h ] || \
  { command -v brew >/dev/null && [ -e "$$(brew --prefix readline)/include/readline/readline.h" ]; } && echo yes)
TRAITS = $(if $(HAS_READLINE),,--traits HTTP,Observability,Processes)
WEFT := .build/release/weft
# The tests run under the address sanitizer, on code that is optimized and still checks itself (`Package.swift`). A folder of
# their own keeps the two builds from undoing each other.
TEST_BUILD := .build-tests
TEST_PYTHON := .venv-tests/bin/python
# The linker that is the default on Linux warns of ten thousand symbols of the sanitizer.
TEST_FLAGS := --scratch-path $(TEST_BUILD) --sanitize=address $(if $(filter Linux,$(shell uname)),-Xswiftc -use-ld=lld)
# One after the other: on two cores the conformance suite would starve the servers that other tests talk to.
TEST = WEFT_OPTIMIZE=1 ASAN_OPTIONS=detect_leaks=0 WEFT_TEST_PYTHON=$(abspath $(TEST_PYTHON)) swift test --no-parallel $(TEST_FLAGS) $(TRAITS)

.PHONY: embedding demo build test races lint bench fuzz integration readline libraries clean

demo: build
	@$(WEFT) demo

build: readline libraries
	$(SWIFT_BUILD)

libraries:
ifeq ($(shell uname),Linux)
	@mkdir -p $(LIBRARIES); \
	for library in libstdc++.a libz.a libtinfo.a libreadline.a; do \
	  [ "$$library" != libreadline.a ] || [ -e $(LIBRARIES)/libtinfo.a ] || continue; \
	  path=$$(clang -print-file-name=$$library 2>/dev/null || true); \
	  case "$$path" in /*) ln -sf "$$path" $(LIBRARIES)/ ;; esac; \
	done
endif

# Line editing for the interactive prompt. Without it everything else still works.
readline:
	@if [ -e /usr/include/readline/readline.h ]; then :; \
	elif ! command -v apt-get >/dev/null; then :; \
	elif [ "$$(id -u)" = 0 ]; then \
	  echo "installing libreadline-dev"; \
	  { apt-get update -qq && apt-get install -y -qq libreadline-dev; } >/dev/null 2>&1 || echo "libreadline-dev could not be installed; going on without it"; \
	else \
	  echo "libreadline-dev is not installed (sudo apt-get install libreadline-dev); going on without it"; \
	fi

test: readline .venv-tests
	$(TEST)

# What runs on several threads, under the thread sanitizer: pools, worker processes, handles that several machines have, runs
# side by side. Worker processes report into files, too, because nobody reads what they say.
RACES_BUILD := .build-races
races:
	@rm -rf $(RACES_BUILD)/reports && mkdir -p $(RACES_BUILD)/reports
	WEFT_CORE_ONLY=1 WEFT_OPTIMIZE=1 \
	  TSAN_OPTIONS="suppressions=$(abspath .ci/races) log_path=$(abspath $(RACES_BUILD))/reports/race exitcode=66" \
	  swift test --no-parallel --scratch-path $(RACES_BUILD) --sanitize=thread $(if $(filter Linux,$(shell uname)),-Xswiftc -use-ld=lld)
	@if [ -n "$$(ls $(RACES_BUILD)/reports)" ]; then cat $(RACES_BUILD)/reports/*; echo "the thread sanitizer has found something"; exit 1; fi

# A real HTTP server to test against. Without it those tests are skipped. `make integration` runs the long ones, too.
.venv-tests:
	@if python3 -m venv .venv-tests >/dev/null 2>&1 && .venv-tests/bin/pip install -q httpbin >/dev/null 2>&1; then \
	  echo "installed httpbin into .venv-tests"; \
	else \
	  rm -rf .venv-tests; \
	  echo "pip could not install httpbin: the tests against a real HTTP server are skipped"; \
	fi

# The examples that take longer than three seconds against a real httpbin, and the tests against nginx where that is installed
# (apt-get install nginx). They hold under the sanitizer as well, so nothing has to be built again.
integration: readline .venv-tests
	WEFT_INTEGRATION=1 $(TEST) --filter WeftExamplesTests

# The library for C, and all examples of embedding: C, Python, a tool, a server. Five minutes.
embedding:
	examples/embedding/run

lint:
	swift format lint --strict -r Sources Tests Package.swift

bench: build
	Benchmarks/run

# Fast code that still checks itself. CONTRIBUTING.md says what is looked for.
fuzz:
	swift build -c release -Xswiftc -assert-config -Xswiftc Debug --scratch-path .build-fuzz --product weft-fuzz
	.build-fuzz/release/weft-fuzz

clean:
	rm -rf .build .build-fuzz $(TEST_BUILD) $(RACES_BUILD) .venv-tests
