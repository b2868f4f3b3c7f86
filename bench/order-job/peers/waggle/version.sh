#!/bin/sh
"${WAGGLE:?}" version | tr '\n' ' '
