check_PROGRAMS += t/unit/expr/program
t_unit_expr_program_SOURCES = t/unit/expr/program.c
t_unit_expr_program_LDADD = libtap.a libexpr.a libfunc.a libpage.a \
	libtype.a libmem.a libbase.a $(SYSTEM_LIBS)
check_PROGRAMS += t/unit/expr/domain
t_unit_expr_domain_SOURCES = t/unit/expr/domain.c
t_unit_expr_domain_LDADD = libtap.a libexpr.a libfunc.a libpage.a \
	libtype.a libmem.a libbase.a $(SYSTEM_LIBS)
