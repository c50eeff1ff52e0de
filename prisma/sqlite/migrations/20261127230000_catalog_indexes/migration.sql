-- Hidden images are few and are counted with every page of the catalog; this index holds them alone.
CREATE INDEX "Image_hidden" ON "Image"("createdAt", "id") WHERE "isHidden";
