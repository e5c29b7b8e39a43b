# Handlers for the runtime in `bootstrap`: the event on stdin, the response on stdout, a failure by status.

word_count() {
    text=$(sed -n 's/.*"text" *: *"\([^"]*\)".*/\1/p')
    if [ -z "$text" ]; then
        echo 'the event has no "text"' >&2
        return 1
    fi
    # shellcheck disable=SC2086 # splitting it into words is the point
    set -- $text
    echo "counted $# words" >&2
    printf '{"words": %d}' "$#"
}
