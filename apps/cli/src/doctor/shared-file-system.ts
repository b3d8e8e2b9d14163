/**
 * The numbers by which Linux tells file systems that several machines mount (`statfs`, linux/magic.h and the makers'
 * own headers).
 */
const shared: ReadonlyMap<number, string> = new Map([
  [0x6969, 'NFS'],
  [0x0bd00bd0, 'Lustre'],
  [0x47504653, 'GPFS'],
  [0x19830326, 'BeeGFS'],
  [0x00c36400, 'CephFS'],
  [0xff534d42, 'CIFS'],
  [0xfe534d42, 'SMB'],
  [0x5346414f, 'AFS'],
  [0x6b414653, 'AFS'],
  [0x20030528, 'OrangeFS'],
  [0xaad7aaea, 'PanFS'],
  [0x013111a8, 'GFS2'],
  [0x7461636f, 'OCFS2'],
]);

/** The name of a file system that other machines may mount as well; undefined if it is not known to be one. */
export const sharedFileSystem = (type: number): string | undefined => shared.get(type >>> 0);
