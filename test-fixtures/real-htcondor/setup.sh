#!/bin/sh
# Sets up a real HTCondor 23.9 for tests. Debian 12 has none, so it is put, with all that it needs of the next Debian,
# into a folder of its own, in which commands are run by chroot. It takes root, some 40 s and 600 MB. No daemon is
# started. Run again, it returns at once.
set -eu
: "${HTCONDOR_RIG_HOME:?names the folder that is to be made}"
root=$HTCONDOR_RIG_HOME/root
done=$HTCONDOR_RIG_HOME/done
[ ! -e "$done" ] || { echo "HTCondor is in $root"; exit 0; }
[ "$(id -u)" = 0 ] || { echo "this takes root: it makes a system of its own in $root" >&2; exit 1; }

# Networks fail: what downloads is tried twice.
twice() { "$@" || { sleep 5; "$@"; }; }
apt_install() {
  DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 install -y -q --no-install-recommends "$@" \
    >/dev/null </dev/null
}
command -v debootstrap >/dev/null || {
  twice apt-get update -q >/dev/null
  twice apt_install debootstrap
}

# Where this machine gets its own packages from.
mirror=$(sed -n 's/^URIs: *\([^ ]*\).*/\1/p' /etc/apt/sources.list.d/*.sources 2>/dev/null | head -n 1)
if [ -z "$mirror" ]; then
  mirror=$(sed -n 's/^deb \(\[[^]]*\] \)\{0,1\}\(http[^ ]*\) .*/\2/p' /etc/apt/sources.list | head -n 1)
fi
[ -n "$mirror" ] || { echo "no mirror of Debian stands in /etc/apt" >&2; exit 1; }

# Half of an earlier attempt is no use. Nothing is ever mounted there but in a namespace that has ended.
rm -rf --one-file-system "$root"
mkdir -p "$HTCONDOR_RIG_HOME"
twice debootstrap --variant=minbase trixie "$root" "$mirror" >"$HTCONDOR_RIG_HOME/debootstrap.log"
printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d"
chmod 755 "$root/usr/sbin/policy-rc.d"

# The package asks its own configuration for folders: none of ours may be in the way.
inside() {
  # shellcheck disable=SC2016 # the inner shell expands them
  unshare --mount sh -c 'mount -t proc proc "$0/proc" && mount --bind /dev "$0/dev" && exec chroot "$@"' \
    "$root" "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root DEBIAN_FRONTEND=noninteractive "$@"
}
twice inside apt-get update -q >/dev/null
twice inside apt-get install -y -q --no-install-recommends adduser condor procps >/dev/null </dev/null
inside useradd --create-home --uid 2001 rig
: >"$done"
echo "HTCondor is in $root"
