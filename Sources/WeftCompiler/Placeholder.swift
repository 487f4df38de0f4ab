// The compiler.
