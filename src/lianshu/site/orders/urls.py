"""The addresses of orders, entries and things."""

from __future__ import annotations

from django.urls import path, register_converter

from lianshu.site.addresses import KeyConverter
from lianshu.site.orders import entry, thing, views

register_converter(KeyConverter, "key")

urlpatterns = [
    path("orders/", views.order_list, name="orders"),
    path("orders.csv", views.order_csv, name="orders_csv"),
    path("orders/<key:key>/", views.order_page, name="order"),
    path("entries/<int:seq>/", entry.entry_page, name="entry"),
    path("entries/<int:seq>/proof/", entry.proof, name="proof"),
    path("things/<slug:table_name>/<key:key>/", thing.thing_page, name="thing"),
]
