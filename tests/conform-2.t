#!/bin/sh
# Half of the mechanisms, so that two halves can run side by side.
exec "${top_builddir:-.}/tests/conform" 2/2
