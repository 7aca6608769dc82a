/** Programs that run others' scripts: then the script is a later word of the command line. Patterns of `case`. */
export const INTERPRETERS = ["python*", "pypy*", "perl*", "ruby*", "php*", "node*", "lua*", "tclsh*"];
export const SHELLS = ["sh", "bash", "dash", "ash", "ksh*", "mksh", "zsh", "busybox"];
