noinst_LIBRARIES += libactors.a
libactors_a_SOURCES = \
	src/actors/admission.c \
	src/actors/control.c src/actors/control.h src/actors/control_priv.h \
	src/actors/driver_actor.c src/actors/driver_actor.h \
	src/actors/http_api.c src/actors/http_api.h src/actors/http_manage.c \
	src/actors/http_session.c src/actors/http_session.h \
	src/actors/http_slug.c src/actors/http_slug.h \
	src/actors/client_text.c src/actors/client_text.h \
	src/actors/events.c src/actors/events.h \
	src/actors/local_client.c src/actors/local_client.h \
	src/actors/msg.h \
	src/actors/node_query.c src/actors/node_query.h \
	src/actors/outputs.c src/actors/outputs.h \
	src/actors/page_link.c src/actors/page_link.h \
	src/actors/query.c src/actors/query.h src/actors/query_priv.h \
	src/actors/query_link.c src/actors/query_define.c src/actors/query_explain.c \
	src/actors/query_parse.c src/actors/query_parse.h \
	src/actors/query_plan.c src/actors/query_stage.c \
	src/actors/query_submit.c \
	src/actors/registry.c src/actors/registry.h \
	src/actors/roster.c \
	src/actors/server.h \
	src/actors/settings.c src/actors/settings.h \
	src/actors/start.c src/actors/start.h \
	src/actors/system_tables.c src/actors/system_tables.h \
	src/actors/spec.c src/actors/spec.h src/actors/spec_priv.h \
	src/actors/spec_task.c \
	src/actors/task_actor.c src/actors/task_actor.h \
	src/actors/text_format.c src/actors/text_format.h
