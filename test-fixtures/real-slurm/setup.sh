#!/bin/sh
# Installs the programs of Slurm that the fixture starts, and none of its services. Run again, it returns at once.
# A bare Debian machine and root will do; elsewhere the same programs must be there already.
set -eu
wanted='slurmctld slurmd slurm-client slurm-wlm-basic-plugins munge'
# With SLURM_ACCOUNTING=1 also what accounting needs: a database of its own.
[ "${SLURM_ACCOUNTING:-1}" = 0 ] || wanted="$wanted slurmdbd slurm-wlm-mysql-plugin mariadb-server-core mariadb-client-core"

if dpkg -s $wanted >/dev/null 2>&1; then
  echo "real Slurm is installed: $(/usr/sbin/slurmd -V)"
  exit 0
fi
if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
  echo "install these packages first: $wanted" >&2
  exit 1
fi

# Packages start their services where there is an init; this keeps them from it while they are installed.
policy=/usr/sbin/policy-rc.d
if [ ! -e $policy ]; then
  printf '#!/bin/sh\nexit 101\n' > $policy
  chmod 755 $policy
  trap 'rm -f $policy' EXIT
fi
# Networks fail: what downloads is tried twice.
twice() { "$@" || { sleep 5; "$@"; }; }
install() {
  apt-get update -q >/dev/null &&
    DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends $wanted >/dev/null </dev/null
}
twice install
echo "real Slurm is installed: $(/usr/sbin/slurmd -V)"
