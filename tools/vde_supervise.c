// SPDX-License-Identifier: GPL-2.0
/*
 * What keeps a VDE socket open: the process that has the socket does nothing with
 * what clients say. That does a helper, and if it dies there is another one, while
 * the socket stays and nobody who connects meanwhile is turned away.
 */
#include "supervise.h"
#include "vde.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#define WHAT	"vde"

struct vde_job {
	struct supervised job;
	struct vde_info vde;
	struct vde_shared *shared;
};

static struct vde_job *of(struct supervised *job)
{
	return (struct vde_job *)((char *)job - offsetof(struct vde_job, job));
}

bool vde_ask(int ifindex, struct vde_info *vde)
{
	return supervise_ask(WHAT, ifindex, vde, sizeof(*vde));
}

static void add_to(int ifindex, void *list)
{
	struct vde_info vde;

	if (vde_ask(ifindex, &vde))
		*list_append((struct vde_list *)list) = vde;
}

void vde_list(struct vde_list *list)
{
	supervise_list(WHAT, add_to, list);
}

int vde_stop(int ifindex)
{
	return supervise_stop(WHAT, ifindex);
}

static int help(struct supervised *job)
{
	return vde_serve(&of(job)->vde, job->listener, of(job)->shared);
}

static void refresh(struct supervised *job)
{
	of(job)->vde.accepted = of(job)->shared->accepted;
	of(job)->vde.refused = of(job)->shared->refused;
}

static void end(struct supervised *job)
{
	vde_dir_close(&of(job)->vde.spec);
}

static int claim(struct vde_job *job)
{
	int ret = supervise_claim(&job->job);

	if (ret == -EADDRINUSE)
		return refused_because("\"%s\" has a VDE socket already: turn it \"off\" first",
				       job->vde.switch_name);
	if (ret)
		return refused_because("cannot make a socket in /run/netemu: %s",
				       strerror(-ret));
	return EXIT_OK;
}

int vde_start(const struct vde_info *vde, bool background)
{
	struct vde_job job = {
		.vde = *vde,
		.job = {
			.what = WHAT, .ifindex = vde->ifindex,
			.info = &job.vde, .size = sizeof(job.vde),
			.supervisor = &job.vde.supervisor,
			.helper = &job.vde.helper,
			.help = help, .refresh = refresh, .end = end,
		},
	};
	int ret;

	job.shared = mmap(NULL, sizeof(*job.shared), PROT_READ | PROT_WRITE,
			  MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (job.shared == MAP_FAILED)
		return refused_because("no memory");
	ret = claim(&job);
	if (ret)
		return ret;
	job.job.listener = vde_dir_open(&job.vde.spec);
	if (job.job.listener < 0) {
		supervise_disclaim(&job.job);
		return EXIT_REFUSED;
	}
	return supervise(&job.job, background);
}
