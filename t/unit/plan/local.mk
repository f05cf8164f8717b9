PLAN_TEST_LIBS = libtap.a libopt.a libplan.a libfrag.a libconn.a libfmt.a \
	libsql.a libexpr.a libfunc.a libpage.a libtype.a libmem.a librt.a \
	libbase.a
check_PROGRAMS += t/unit/plan/bind t/unit/opt/explain
t_unit_plan_bind_SOURCES = t/unit/plan/bind.c t/lib/planner.c t/lib/planner.h
t_unit_plan_bind_LDADD = $(PLAN_TEST_LIBS) $(SYSTEM_LIBS)
t_unit_opt_explain_SOURCES = t/unit/opt/explain.c t/lib/planner.c \
	t/lib/planner.h
t_unit_opt_explain_LDADD = $(PLAN_TEST_LIBS) $(SYSTEM_LIBS)
