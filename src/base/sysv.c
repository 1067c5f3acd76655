/*
 * System V objects: message queues, shared memory, semaphores. They have keys
 * instead of names.
 */
#include "base/sysv.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/msg.h>
#include <sys/random.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <unistd.h>

/* Our keys begin with these bits, as our names begin with "ipcopy-". */
#define OURS       0x69000000u
#define OURS_MASK  0xff000000u
#define KEY_DIGITS 8

/*
 * The calls for one kind of object: to make or find it, to get its owner, and
 * to remove it.
 */
struct sysv_ops {
	const char *call; /* name of the call, for error messages */
	int (*get)(key_t key, size_t len, int flags);
	int (*owner)(int id, struct ipc_perm *perm);
	int (*remove)(int id);
};

static int msg_get(key_t key, size_t len, int flags)
{
	(void)len;
	return msgget(key, flags);
}

static int msg_owner(int id, struct ipc_perm *perm)
{
	struct msqid_ds ds;
	int rc = msgctl(id, IPC_STAT, &ds);

	*perm = ds.msg_perm;
	return rc;
}

static int msg_remove(int id)
{
	return msgctl(id, IPC_RMID, NULL);
}

static int shm_owner(int id, struct ipc_perm *perm)
{
	struct shmid_ds ds;
	int rc = shmctl(id, IPC_STAT, &ds);

	*perm = ds.shm_perm;
	return rc;
}

static int shm_remove(int id)
{
	return shmctl(id, IPC_RMID, NULL);
}

static int sem_get(key_t key, size_t len, int flags)
{
	return semget(key, (int)len, flags);
}

static int sem_owner(int id, struct ipc_perm *perm)
{
	struct semid_ds ds;
	int rc = semctl(id, 0, IPC_STAT, &ds);

	*perm = ds.sem_perm;
	return rc;
}

static int sem_remove(int id)
{
	return semctl(id, 0, IPC_RMID);
}

static const struct sysv_ops *ops_of(enum sysv_kind kind)
{
	static const struct sysv_ops msg = { "msgget", msg_get, msg_owner,
					     msg_remove };
	static const struct sysv_ops shm = { "shmget", shmget, shm_owner,
					     shm_remove };
	static const struct sysv_ops sem = { "semget", sem_get, sem_owner,
					     sem_remove };

	return kind == SYSV_MSG ? &msg : kind == SYSV_SHM ? &shm : &sem;
}

/* --- keys ----------------------------------------------------------------- */

static int random_key(key_t *key, struct err *e)
{
	uint32_t salt;

	if (getrandom(&salt, sizeof(salt), 0) != sizeof(salt))
		return err_sys(e, "getrandom");
	*key = (key_t)(OURS | (salt & ~OURS_MASK));
	return 0;
}

static bool key_parse(const char *name, key_t *key)
{
	unsigned long value;

	if (strspn(name, "0123456789abcdef") != KEY_DIGITS || name[KEY_DIGITS])
		return false;
	value = strtoul(name, NULL, 16);
	*key = (key_t)value;
	return (value & OURS_MASK) == OURS;
}

/* --- objects -------------------------------------------------------------- */

static bool is_own(const struct sysv_ops *ops, int id)
{
	struct ipc_perm perm;

	return ops->owner(id, &perm) == 0 && perm.cuid == geteuid() &&
	       perm.uid == geteuid();
}

/*
 * Look for a free key before noting it. A noted key will be removed later, so
 * it must not belong to another program.
 */
int sysv_free_key(enum sysv_kind kind, char *name, size_t size, struct err *e)
{
	const struct sysv_ops *ops = ops_of(kind);
	key_t key = 0;
	int rc;

	do {
		rc = random_key(&key, e);
	} while (rc == 0 && (ops->get(key, 0, 0) >= 0 || errno == EACCES));
	if (rc == 0 && errno != ENOENT)
		return err_sys(e, "%s",
			       ops->call); /* a kernel without System V */
	snprintf(name, size, "%08x", (unsigned)key);
	return rc;
}

int sysv_make(enum sysv_kind kind, const char *name, size_t len)
{
	key_t key;
	int id;

	if (!key_parse(name, &key))
		return -EINVAL;
	id = ops_of(kind)->get(key, len, IPC_CREAT | IPC_EXCL | 0600);
	return id < 0 ? -errno : id;
}

int sysv_find(enum sysv_kind kind, const char *name, struct err *e)
{
	const struct sysv_ops *ops = ops_of(kind);
	key_t key;
	int id;

	if (!key_parse(name, &key))
		return err_say(e, EPROTO,
			       "the other side sent '%.100s', which is not a "
			       "key that ipcopy makes",
			       name);
	id = ops->get(key, 0, 0);
	if (id < 0)
		return err_sys(e, "%s of key %s", ops->call, name);
	if (!is_own(ops, id))
		return err_say(e, EPROTO,
			       "the System V object with the key %s belongs to "
			       "another user",
			       name);
	return id;
}

void sysv_remove(enum sysv_kind kind, const char *name)
{
	const struct sysv_ops *ops = ops_of(kind);
	key_t key;
	int id;

	if (!key_parse(name, &key))
		return;
	id = ops->get(key, 0, 0);
	if (id >= 0 && is_own(ops, id))
		ops->remove(id);
}
