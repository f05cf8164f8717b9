check_PROGRAMS += t/unit/rt/actor t/unit/rt/sched t/unit/rt/sim
t_unit_rt_actor_SOURCES = t/unit/rt/actor.c
t_unit_rt_actor_LDADD = libtap.a librt.a libbase.a $(UV_LIBS) \
	$(XXHASH_LIBS) $(JEMALLOC_LIBS)
t_unit_rt_sched_SOURCES = t/unit/rt/sched.c
t_unit_rt_sched_LDADD = $(t_unit_rt_actor_LDADD)
t_unit_rt_sim_SOURCES = t/unit/rt/sim.c
t_unit_rt_sim_LDADD = $(t_unit_rt_actor_LDADD)
