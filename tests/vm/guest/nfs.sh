# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
# target=nfs: the crash kernel's own NFS server exports a folder of the disk, and what is saved goes
# through its client. No program is needed: what mountd would answer is written to the server's
# caches beforehand (Linux, Documentation/filesystems/nfs/rpc-cache.rst). Sourced by crash-init.sh.

rpc=/proc/net/rpc
nfsd=/proc/fs/nfsd
# include/uapi/linux/nfsd/export.h: any port, root is root, named by its number
flags=$((0x0002 | 0x2000))

# Until the server has begun it can be told not to wait for clients of an earlier life.
start_server()
{
	mount -t nfsd nfsd "$nfsd" || give_up "mount -t nfsd"
	later=$(($(date +%s) + 36000))
	echo "nfsd 127.0.0.1 $later everybody" > "$rpc/auth.unix.ip/channel"
	echo "everybody /mnt/exported $later $flags 65534 65534 0" > "$rpc/nfsd.export/channel"
	printf "everybody 1 \\\\x00000000 %s /mnt/exported\\n" "$later" > "$rpc/nfsd.fh/channel"
	echo 10 > "$nfsd/nfsv4leasetime"
	echo 10 > "$nfsd/nfsv4gracetime"
	echo "-3 +4 +4.1 +4.2" > "$nfsd/versions"
	echo "tcp 2049" > "$nfsd/portlist" || give_up "portlist"
	echo 2 > "$nfsd/threads" || give_up "threads"
}

mount_nfs()
{
	mkdir -p /mnt/exported
	ifconfig lo 127.0.0.1 up
	start_server
	mount -t nfs4 -o vers=4.2,addr=127.0.0.1,clientaddr=127.0.0.1 127.0.0.1:/ /mnt/crash ||
		give_up "mount -t nfs4"
}

# The disk can be unmounted again.
stop_server()
{
	echo 0 > "$nfsd/threads"
	for cache in auth.unix.ip nfsd.export nfsd.fh; do
		echo $(($(date +%s) + 1)) > "$rpc/$cache/flush"
	done
	umount "$nfsd"
}
