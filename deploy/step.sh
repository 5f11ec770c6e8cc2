# step NAME COMMAND...: do it, and print the seconds that it took; for the check.sh of each place.
step() {
  name=$1 start=$(date +%s)
  shift
  "$@"
  echo "ok   $name: $(($(date +%s) - start)) s"
}
