noinst_LIBRARIES += librt.a
librt_a_SOURCES = \
	src/rt/actor.c src/rt/actor.h \
	src/rt/env.c \
	src/rt/limits.c \
	src/rt/loop_uv.c \
	src/rt/msg.c src/rt/transport.h \
	src/rt/rt.c src/rt/rt.h src/rt/rt_priv.h \
	src/rt/sched.c \
	src/rt/sim.c src/rt/sim.h src/rt/sim_priv.h \
	src/rt/sim_disk.c \
	src/rt/sim_net.c \
	src/rt/timers.c \
	src/rt/work.c
